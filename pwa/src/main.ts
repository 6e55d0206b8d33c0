import '@fontsource-variable/hanken-grotesk/wght.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { locale } from './i18n';
import { router } from './router.svelte';
import { session } from './session.svelte';
import './ui/tokens.css';
import './ui/base.css';

document.documentElement.lang = locale();
router.start();
void session.start();
mount(App, { target: document.getElementById('app') as HTMLElement });

// A page from before an update asks for parts that are gone: start again with the new ones.
addEventListener('vite:preloadError', () => location.reload());

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => {
    navigator.serviceWorker.register('/sw.js').catch((error: unknown) => console.error(error));
  });
}
