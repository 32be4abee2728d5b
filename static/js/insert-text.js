// Buttons that put a text where the cursor stands; without this file the same words stand there to be typed.
export default (root) => {
  const field = root.querySelector("textarea");
  for (const button of root.querySelectorAll("[data-insert]")) {
    button.hidden = false;
    button.parentElement.querySelector("[data-plain]")?.remove();
    button.addEventListener("click", () => {
      field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
      field.focus();
    });
  }
};
