// Ctrl+Enter sends the form from any of its fields; the first field that has to be filled anew has the focus.
export default (form) => {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  if (!document.querySelector(".errors")) form.elements.number?.focus();
};
