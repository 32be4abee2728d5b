// A device that many use: after a while in which nobody touches it, ask; without an answer delete what was typed.
export default (dialog) => {
  const leave = document.getElementById(dialog.dataset.leave);
  let asking;
  let leaving;
  const ask = () => {
    dialog.showModal();
    leaving = setTimeout(() => leave.submit(), Number(dialog.dataset.wait) * 1000);
  };
  const stay = () => {
    clearTimeout(leaving);
    clearTimeout(asking);
    asking = setTimeout(ask, Number(dialog.dataset.after) * 1000);
  };
  const touched = () => dialog.open || stay();
  // Pressing the button says so at once; that the dialog has closed, also by Escape, is told a moment later.
  dialog.addEventListener("submit", stay);
  dialog.addEventListener("close", touched);
  for (const kind of ["input", "keydown", "pointerdown", "scroll"]) addEventListener(kind, touched, { passive: true });
  // A page that the browser kept as it was must not come back.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  stay();
};
