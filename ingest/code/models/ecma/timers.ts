export function setTimeout(f, ms, ...args) { f(...args); }
export function setInterval(f, ms, ...args) { f(...args); }
export function setImmediate(f, ...args) { f(...args); }
export function clearTimeout(x) {}
export function clearInterval(x) {}
export function clearImmediate(x) {}
