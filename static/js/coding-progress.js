// Shows how far an order is without a press; the page of the same address is asked for every two seconds.
export default function codingProgress(element) {
  if (element.dataset.running !== "yes") return;
  const again = async () => {
    if (!element.isConnected) return;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return void setTimeout(again, 5000);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-behaviour~=coding-progress]");
    if (!fresh) return;
    element.replaceChildren(...fresh.childNodes);
    if (fresh.dataset.running === "yes") setTimeout(again, 2000);
  };
  setTimeout(again, 2000);
}
