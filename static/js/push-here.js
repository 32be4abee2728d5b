// "Notify me in this browser" on the page about following; without this file the page offers e-mail and feeds alone.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

export default async (form) => {
  const section = form.querySelector("[data-push]");
  if (!section || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  const button = section.querySelector("[data-push-button]");
  const said = section.querySelector("[data-push-said]");
  const words = section.querySelector("[data-push-words]").content;
  const say = (name, link) => {
    said.textContent = words.querySelector(`[data-${name}]`)?.textContent ?? name;
    if (!link) return;
    const to = document.createElement("a");
    to.href = link;
    to.textContent = words.querySelector("[data-manage]").textContent;
    said.append(" ", to);
  };
  const post = async (address, body) => {
    const headers = {
      "Content-Type": "application/json",
      "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
    };
    const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
    return { ok: answer.ok, ...(await answer.json()) };
  };

  section.hidden = false;
  const registration = await navigator.serviceWorker.register(form.dataset.worker).catch(() => null);
  const present = await registration?.pushManager.getSubscription().catch(() => null);
  if (present) {
    const known = await post(form.dataset.mine, { endpoint: present.endpoint }).catch(() => ({}));
    if (known.manage) say("done", known.manage);
  }

  button.addEventListener("click", async () => {
    const follow = [...form.querySelectorAll("[name=follow]:checked")].map((box) => box.value);
    if (!follow.length) return say("nothing");
    if ((await Notification.requestPermission()) !== "granted") return say("refused");
    try {
      const subscription = await registration.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: bytes(form.dataset.key),
      });
      const answer = await post(form.dataset.subscribe, {
        endpoint: subscription.endpoint,
        key: text(subscription.getKey("p256dh")),
        auth: text(subscription.getKey("auth")),
        follow,
      });
      if (!answer.ok) return say(answer.error ?? "failed");
      return say("done", answer.manage);
    } catch {
      return say("failed");
    }
  });
};
