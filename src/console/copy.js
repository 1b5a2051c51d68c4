// Puts a button beside every value that is to be copied, for whoever has no mouse to select it with.
for (const value of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  const say = (word) => {
    button.textContent = word;
    button.setAttribute("aria-label", `${word} ${value.dataset.copy}`);
  };
  button.type = "button";
  button.className = "quiet copy-button";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(value.textContent);
    say("Copied");
  });
  say("Copy");
  value.after(" ", button);
}
