// Shows the preview, and renews it while somebody types. Without it the button Preview does the same.
const form = document.getElementById("invitation");
const card = document.getElementById("preview-card");
let asked = 0;
let waiting;

async function show() {
  const mine = ++asked;
  const answer = await fetch("/console/invitation/preview", { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("preview-card");
  // A slower answer to an older question must not replace a newer one; the sign-in page has no preview.
  if (mine !== asked || !fresh) return;
  // Beside a text with a mistake, such as a variable that is not written out yet, stays what the text before it gave.
  card.classList.toggle("outdated", fresh.hidden);
  if (!fresh.hidden) {
    card.replaceChildren(...fresh.childNodes);
    card.hidden = false;
  }
  for (const id of ["subject", "body", "reminder-subject", "reminder-body", "closes-after-days"]) {
    const field = document.getElementById(id);
    const typed = page.getElementById(id);
    document.getElementById(`${id}-error`)?.remove();
    for (const said of ["aria-invalid", "aria-describedby"]) {
      if (typed.hasAttribute(said)) field.setAttribute(said, typed.getAttribute(said));
      else field.removeAttribute(said);
    }
    const problem = page.getElementById(`${id}-error`);
    if (problem) field.after(problem);
  }
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 300);
});
show();
