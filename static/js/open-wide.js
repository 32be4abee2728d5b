// Details that stand beside the text on a wide screen are open there. CSS does it alone where ::details-content is known.
const wide = matchMedia("(min-width: 60rem)");

export default (details) => {
  if (CSS.supports("selector(::details-content)")) return;
  const wanted = details.open;
  const follow = () => {
    details.open = wide.matches || wanted;
  };
  follow();
  wide.addEventListener("change", follow);
};
