// A box that is drawn on the picture of a page with the mouse fills the fields that say where it is.
const names = ["x", "y", "width", "height"];

export default (page) => {
  const form = document.getElementById(page.dataset.form);
  const view = page.viewBox.baseVal;
  const rect = document.createElementNS(page.namespaceURI, "rect");
  rect.setAttribute("class", "drawing");
  let from = null;

  const at = (event) => {
    const frame = page.getBoundingClientRect();
    const share = (value, start, size) => Math.min(Math.max((value - start) / size, 0), 1);
    return [share(event.clientX, frame.left, frame.width), share(event.clientY, frame.top, frame.height)];
  };
  const show = (to) => {
    const box = [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])];
    names.forEach((name, place) => {
      rect.setAttribute(name, box[place] * (place % 2 ? view.height : view.width));
      form.elements[`b-${name}`].value = (box[place] * 100).toFixed(2);
    });
  };

  page.dataset.drawable = "";
  page.addEventListener("pointerdown", (event) => {
    if (event.button || event.pointerType === "touch") return; // a finger scrolls
    event.preventDefault();
    page.setPointerCapture(event.pointerId);
    from = at(event);
    page.append(rect);
    show(from);
  });
  page.addEventListener("pointermove", (event) => {
    if (from) show(at(event));
  });
  page.addEventListener("pointerup", (event) => {
    if (!from) return;
    show(at(event));
    from = null;
    form.elements["b-basis"].focus();
  });
};
