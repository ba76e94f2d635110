/** Turns off what a browser does by itself and a gate must not: menus, selection, dragging, zooming. */
export function shutOut(document: Document): void {
  for (const event of ['contextmenu', 'selectstart', 'dragstart', 'gesturestart']) {
    document.addEventListener(event, (e) => e.preventDefault());
  }
  document.addEventListener(
    'wheel',
    (e) => {
      if (e.ctrlKey) e.preventDefault();
    },
    { passive: false },
  );
  document.addEventListener(
    'touchmove',
    (e) => {
      if (e.touches.length > 1) e.preventDefault();
    },
    { passive: false },
  );
}
