// The keyboard. Keys do nothing while something is typed or a dialog is open.

/// `act`: an object with a function for each name below.
export const names = { '?': 'help', w: 'wall', e: 'events', j: 'next', k: 'previous', s: 'switchFeed', l: 'slate', c: 'check', f: 'filter' };

export function keyboard(act) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (event.target.closest('input, textarea, select')) return;
    const name = names[event.key];
    if (!name) return;
    event.preventDefault();
    act[name]();
  });
}
