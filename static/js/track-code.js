// A scanned receipt brings its code in the address fragment, which never reaches a server: put it into the field.
export default (form) => {
  const code = location.hash.slice(1);
  if (/^[0-9A-Z]{12}$/.test(code)) {
    form.elements.code.value = code.match(/.{4}/g).join("-");
    history.replaceState(null, "", location.pathname + location.search);
  }
};
