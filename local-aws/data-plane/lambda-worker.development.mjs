// The worker's entry when the sources run as they are: makes TypeScript loadable in this thread, then loads the real one.
import { register } from 'tsx/esm/api';

const unregister = register();
await import('./lambda-worker.ts');
// The function's own files are not TypeScript, and are loaded as Lambda would load them.
await unregister();
