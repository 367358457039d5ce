// Elements, and changes of them that touch the page only where something is new. What the server says goes in as text alone.

/// make('p', {class: 'x'}, 'text', child…)
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
export function say(element, text) { if (element.textContent !== String(text)) element.textContent = text; }
export function give(element, name, value) { if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value); }

/// Makes `parent` hold one element for each item, in their order, and calls `update(element, item)` for each. Elements stay while the key of
/// their item does. `parent` holds nothing else.
export function keyed(parent, items, key, create, update) {
  const had = new Map([...parent.children].map((element) => [element.dataset.key, element]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let element = had.get(name);
    had.delete(name);
    if (!element) {
      element = create(item);
      element.dataset.key = name;
    }
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
    update(element, item);
  }
  for (const element of had.values()) element.remove();
}
