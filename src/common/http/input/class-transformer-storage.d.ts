/** Internal module of class-transformer with the metadata of its decorators; there is no public access to it. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}
