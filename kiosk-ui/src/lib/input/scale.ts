/** The screen everything is drawn for: 15.6 inches, 0.18 mm a pixel. */
const DRAWN_FOR = { width: 1920, height: 1080 };

/**
 * Makes 1rem ten pixels of the screen drawn for, whatever the window has: what is 20 mm on the reference
 * screen is 20 mm on any of its size, whatever its resolution, and never smaller on a larger one.
 */
export function scaleToWindow(window: Window): void {
  const apply = () => {
    const scale = Math.min(window.innerWidth / DRAWN_FOR.width, window.innerHeight / DRAWN_FOR.height);
    window.document.documentElement.style.fontSize = `${10 * scale}px`;
  };
  window.addEventListener('resize', apply);
  apply();
}
