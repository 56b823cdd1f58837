/** Where class-transformer keeps what its decorators say. It has no other way to ask for it. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}
