export function readFile(path, options, done) { options(null, "" + ""); done(null, "" + ""); }
export function writeFile(path, data, options, done) { options(null); done(null); }
export function appendFile(path, data, options, done) { options(null); done(null); }
export function readdir(path, options, done) { options(null, []); done(null, []); }
export function stat(path, options, done) { options(null, {}); done(null, {}); }
export function lstat(path, options, done) { options(null, {}); done(null, {}); }
export function mkdir(path, options, done) { options(null); done(null); }
export function unlink(path, done) { done(null); }
export function rename(a, b, done) { done(null); }
export function access(path, mode, done) { mode(null); done(null); }
export function exists(path, done) { done(); }
export function open(path, flags, done) { flags(null); done(null); }
export function close(fd, done) { done(null); }
export function rm(path, options, done) { options(null); done(null); }
export function copyFile(a, b, done) { done(null); }
export function watch(path, options, listener) { options("" + "", "" + ""); listener("" + "", "" + ""); }
export function watchFile(path, options, listener) { options(); listener(); }
export function readFileSync(path) { return "" + ""; }
export function writeFileSync(path, data) {}
export function appendFileSync(path, data) {}
export function existsSync(path) {}
export function readdirSync(path) { return []; }
export function statSync(path) {}
export function lstatSync(path) {}
export function mkdirSync(path) {}
export function unlinkSync(path) {}
export function rmSync(path) {}
export function renameSync(a, b) {}
export function copyFileSync(a, b) {}
export function realpathSync(path) { return "" + ""; }
export function createReadStream(path) {}
export function createWriteStream(path) {}
export const promises = {};
