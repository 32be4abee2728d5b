// Decisions of a reviewer in the page editor. The page is locked for reviewers, so its own form is not sent: without a
// comment the decision is posted by a form of its own, with one Wagtail's dialog asks for it first.
for (const button of document.querySelectorAll("[data-review-url]")) {
  button.addEventListener("click", () => {
    const url = button.dataset.reviewUrl;
    if ("reviewComment" in button.dataset) {
      window.ModalWorkflow({
        url,
        onload: {
          action: (modal) => modal.ajaxifyForm(window.jQuery("form", modal.body)),
          success: (modal, answer) => window.location.assign(answer.redirect),
        },
      });
      return;
    }
    const form = document.createElement("form");
    form.method = "post";
    form.action = url;
    const token = document.createElement("input");
    token.type = "hidden";
    token.name = "csrfmiddlewaretoken";
    token.value = document.querySelector("[data-edit-form] [name=csrfmiddlewaretoken]").value;
    form.append(token);
    document.body.append(form);
    form.submit();
  });
}
