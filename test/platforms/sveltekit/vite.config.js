/** SvelteKit as Vite's plugin. */
import { sveltekit } from '@sveltejs/kit/vite'

export default { plugins: [sveltekit()] }
