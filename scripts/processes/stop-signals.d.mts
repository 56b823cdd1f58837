export function onStopSignals(handler: (signal: NodeJS.Signals, forced: boolean) => void): () => void;
