// Shows the preview while somebody types. Without it the button Preview does the same.
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
  card.replaceChildren(...fresh.childNodes);
  card.hidden = fresh.hidden;
  for (const id of ["subject", "body", "reminder-subject", "reminder-body", "closes-after-days"]) {
    const field = document.getElementById(id);
    document.getElementById(`${id}-error`)?.remove();
    const problem = page.getElementById(`${id}-error`);
    field.toggleAttribute("aria-invalid", problem !== null);
    if (problem) {
      field.setAttribute("aria-describedby", problem.id);
      field.after(problem);
    }
  }
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 300);
});
