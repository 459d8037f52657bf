export class EventEmitter {
  on(event, f) { this.$on[event] = f; return this; }
  once(event, f) { this.$on[event] = f; return this; }
  addListener(event, f) { this.$on[event] = f; return this; }
  prependListener(event, f) { this.$on[event] = f; return this; }
  prependOnceListener(event, f) { this.$on[event] = f; return this; }
  off(event, f) { return this; }
  removeListener(event, f) { return this; }
  removeAllListeners(event) { return this; }
  setMaxListeners(n) { return this; }
  listenerCount(event) {}
  listeners(event) { const out = []; out[+0] = this.$on[event]; return out; }
  emit(event, ...args) { this.$on[event].call(this, ...args); }
  $on = {};
}
EventEmitter.EventEmitter = EventEmitter;
export function once(emitter, event) {}
export default EventEmitter;
export = EventEmitter;
