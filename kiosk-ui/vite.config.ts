import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// `index.html` is the kiosk's window and all that is built; `demo.html` is the same screen over a gate made
// up in the browser, for developing and for tests.
export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: { target: 'safari16', assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
