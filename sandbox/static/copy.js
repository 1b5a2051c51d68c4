// Adds a button to every value that is to be copied. Value and text stay readable without it.
for (const value of document.querySelectorAll('.copy')) {
  if (!navigator.clipboard) break;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy-button';
  button.textContent = 'Copy';
  button.setAttribute('aria-label', 'Copy ' + (value.tagName === 'PRE' ? 'the text' : value.textContent));
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(value.textContent);
    button.textContent = 'Copied';
  });
  if (value.tagName === 'PRE') {
    value.after(button);
  } else {
    // Value and button stay together when the line is too short for both.
    const pair = document.createElement('span');
    pair.className = 'value';
    value.replaceWith(pair);
    pair.append(value, button);
  }
}
