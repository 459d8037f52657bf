// What the standard library does with functions, containers and names, as code that does the same.
// `this.__element` is whatever a container holds; `__call`, `__new`, `__invoke`, `__member` and `__maker` say what Java cannot.

public class Object {
  public Object() {}
  boolean equals(Object o) {}
  int hashCode() {}
  String toString() {}
  Class getClass() { Class c = new Class(); c.$of = this; return c; }
  Object clone() { return this; }
  void notify() {}
  void notifyAll() {}
  void wait() {}
  void wait(long n) {}
  void wait(long n, int m) {}
  void finalize() {}
}

interface __Array<T> {
  __int length;
  default Object clone() { return this; }
}

interface __boolean extends Boolean { void __scalar__(); __boolean __sum; }
interface __double extends Double { void __scalar__(); __double __sum; }
interface __float extends __double, Float { void __scalar__(); __float __sum; }
interface __long extends __float, Long { void __scalar__(); __long __sum; }
interface __int extends __long, Integer { void __scalar__(); __int __sum; }
interface __short extends __int, Short { void __scalar__(); __short __sum; }
interface __char extends __int, Character { void __scalar__(); __char __sum; }
interface __byte extends __short, Byte { void __scalar__(); __byte __sum; }

public interface Comparable<T> { int compareTo(T o); }
public interface CharSequence { int length(); char charAt(int i); default IntStream chars() { return new IntStream(); } CharSequence subSequence(int a, int b); boolean isEmpty(); }
public interface Runnable { void run(); }
public interface AutoCloseable { void close(); }
public interface Cloneable {}
public interface Appendable { Appendable append(Object o); }
public interface Iterable<T> {
  Iterator<T> iterator();
  default void forEach(Consumer<T> action) { for (T t : this) { action.accept(t); } }
  default Spliterator<T> spliterator() { Spliterator<T> s = new Spliterator<T>(); s.__element = this.__element; return s; }
}
public interface Readable {}

public class Number { int intValue() {} long longValue() {} double doubleValue() {} float floatValue() {} short shortValue() {} byte byteValue() {} }
public class Integer extends Number implements Comparable<Integer> {
  __int __sum; static __int MAX_VALUE; static __int MIN_VALUE;
  Integer(int i) {}
  static Integer valueOf(Object o) {} static Integer valueOf(String o, int r) {} static int parseInt(String s) {} static int parseInt(String s, int r) {}
  static int compare(int a, int b) {} static int sum(int a, int b) {} static int max(int a, int b) {} static int min(int a, int b) {}
  static String toString(int i) {} static String toString(int i, int r) {} static String toHexString(int i) {} static String toBinaryString(int i) {}
  static int bitCount(int i) {} static int signum(int i) {} static int reverse(int i) {} static int hashCode(int i) {} static int highestOneBit(int i) {} static int numberOfTrailingZeros(int i) {} static int numberOfLeadingZeros(int i) {}
  int compareTo(Integer o) {}
}
public class Long extends Number implements Comparable<Long> {
  __long __sum; static __long MAX_VALUE; static __long MIN_VALUE;
  static Long valueOf(Object o) {} static long parseLong(String s) {} static int compare(long a, long b) {} static long sum(long a, long b) {} static long max(long a, long b) {} static long min(long a, long b) {}
  static String toString(long i) {} static String toHexString(long i) {} static int hashCode(long i) {} static int bitCount(long i) {} static int numberOfTrailingZeros(long i) {}
  int compareTo(Long o) {}
}
public class Short extends Number implements Comparable<Short> { __short __sum; static Short valueOf(Object o) {} static short parseShort(String s) {} int compareTo(Short o) {} }
public class Byte extends Number implements Comparable<Byte> { __byte __sum; static Byte valueOf(Object o) {} static byte parseByte(String s) {} static int toUnsignedInt(byte b) {} int compareTo(Byte o) {} }
public class Double extends Number implements Comparable<Double> {
  __double __sum; static __double MAX_VALUE; static __double MIN_VALUE; static __double NaN; static __double POSITIVE_INFINITY; static __double NEGATIVE_INFINITY;
  static Double valueOf(Object o) {} static double parseDouble(String s) {} static int compare(double a, double b) {} static double sum(double a, double b) {} static double max(double a, double b) {} static double min(double a, double b) {}
  static String toString(double d) {} static boolean isNaN(double d) {} boolean isNaN() {} boolean isInfinite() {} static boolean isFinite(double d) {} static boolean isInfinite(double d) {} static long doubleToLongBits(double d) {} static int hashCode(double d) {}
  int compareTo(Double o) {}
}
public class Float extends Number implements Comparable<Float> { __float __sum; static Float valueOf(Object o) {} static float parseFloat(String s) {} static int compare(float a, float b) {} static boolean isNaN(float d) {} int compareTo(Float o) {} }
public class Boolean implements Comparable<Boolean> {
  __boolean __sum; static Boolean TRUE; static Boolean FALSE;
  static Boolean valueOf(Object o) {} static boolean parseBoolean(String s) {} boolean booleanValue() {} static boolean logicalAnd(boolean a, boolean b) {} static boolean logicalOr(boolean a, boolean b) {} static int compare(boolean a, boolean b) {} static int hashCode(boolean b) {}
  static String toString(boolean b) {} int compareTo(Boolean o) {}
}
public class Character implements Comparable<Character> {
  __char __sum; static __char MAX_VALUE; static __char MIN_VALUE;
  static boolean isDigit(char c) {} static boolean isLetter(char c) {} static boolean isLetterOrDigit(char c) {} static boolean isWhitespace(char c) {} static boolean isUpperCase(char c) {} static boolean isLowerCase(char c) {} static boolean isAlphabetic(int c) {} static boolean isSpaceChar(char c) {}
  static char toUpperCase(char c) {} static char toLowerCase(char c) {} static Character valueOf(char c) {} static int getNumericValue(char c) {} static String toString(char c) {} static int digit(char c, int r) {} static char forDigit(int d, int r) {} static int compare(char a, char b) {} static __Array<__char> toChars(int c) {} static int charCount(int c) {} static int hashCode(char c) {} static boolean isJavaIdentifierPart(char c) {} static boolean isJavaIdentifierStart(char c) {}
  char charValue() {} int compareTo(Character o) {}
}
public class Void {}

public class String implements CharSequence, Comparable<String> {
  String __sum;
  static Comparator<String> CASE_INSENSITIVE_ORDER;
  String() {} String(Object o) {} String(Object o, Object p) {} String(Object o, int a, int b) {} String(Object o, int a, int b, Object c) {}
  static String valueOf(Object o) { return o.toString(); }
  static String copyValueOf(__Array<__char> a) {}
  static String valueOf(Object o, int a, int b) {}
  static String format(String f, Object... args) { for (Object o : args) { o.toString(); } return ""; }
  static String format(Locale l, String f, Object... args) { for (Object o : args) { o.toString(); } return ""; }
  String formatted(Object... args) { for (Object o : args) { o.toString(); } return ""; }
  static String join(CharSequence by, Object... all) { for (Object o : all) { o.toString(); } return ""; }
  static String join(CharSequence by, Iterable<Object> all) { for (Object o : all) { o.toString(); } return ""; }
  int compareTo(String o) {} int compareToIgnoreCase(String o) {} boolean equalsIgnoreCase(String o) {} boolean contentEquals(CharSequence o) {}
  String trim() {} String strip() {} String stripLeading() {} String stripTrailing() {} String toUpperCase() {} String toLowerCase() {} String toUpperCase(Locale l) {} String toLowerCase(Locale l) {} String intern() { return this; } String concat(String o) {} String replace(Object a, Object b) { a.toString(); b.toString(); return ""; } String replaceAll(String a, String b) {} String replaceFirst(String a, String b) {} String repeat(int n) {} String indent(int n) {} String stripIndent() {} String translateEscapes() {}
  String substring(int a) {} String substring(int a, int b) {} CharSequence subSequence(int a, int b) {}
  boolean isEmpty() {} boolean isBlank() {} boolean contains(CharSequence o) { o.toString(); return true; } boolean startsWith(String o) {} boolean startsWith(String o, int n) {} boolean endsWith(String o) {} boolean matches(String o) {} boolean regionMatches(int a, String o, int b, int c) {} boolean regionMatches(boolean i, int a, String o, int b, int c) {}
  int indexOf(Object o) {} int indexOf(Object o, int n) {} int lastIndexOf(Object o) {} int lastIndexOf(Object o, int n) {} int length() {} int codePointAt(int i) {} int codePointCount(int i, int j) {}
  char charAt(int i) {} __Array<__char> toCharArray() {} __Array<__byte> getBytes() {} __Array<__byte> getBytes(Object c) {} void getChars(int a, int b, Object c, int d) {}
  __Array<String> split(String by) { String[] all = new String[1]; all[0] = ""; return all; } __Array<String> split(String by, int n) { String[] all = new String[1]; all[0] = ""; return all; }
  Stream<String> lines() { Stream<String> s = new Stream<String>(); s.__element = ""; return s; }
  IntStream chars() { return new IntStream(); } IntStream codePoints() { return new IntStream(); }
  <R> R transform(Function<String, R> f) { return f.apply(this); }
}

public class AbstractStringBuilder implements CharSequence, Comparable<StringBuilder> {}
public class StringBuilder extends AbstractStringBuilder {
  StringBuilder() {} StringBuilder(Object o) {}
  StringBuilder append(Object o) { o.toString(); return this; } StringBuilder append(Object o, int a, int b) { return this; } StringBuilder appendCodePoint(int a) { return this; }
  StringBuilder insert(int at, Object o) { o.toString(); return this; } StringBuilder reverse() { return this; } StringBuilder deleteCharAt(int i) { return this; } StringBuilder delete(int a, int b) { return this; } StringBuilder replace(int a, int b, String s) { return this; }
  void setLength(int n) {} void setCharAt(int i, char c) {} int length() {} char charAt(int i) {} int indexOf(String s) {} int indexOf(String s, int n) {} int lastIndexOf(String s) {} String substring(int a) {} String substring(int a, int b) {} boolean isEmpty() {} int capacity() {} void ensureCapacity(int n) {} void trimToSize() {}
}
public class StringBuffer extends StringBuilder { StringBuffer() {} StringBuffer(Object o) {} }

public class Enum<E> implements Comparable<E> {
  String name() {} int ordinal() {} int compareTo(E o) {} Class getDeclaringClass() {}
  static Object valueOf(Class c, String name) {}
}
public class Record {}

public class Math {
  static int abs(int a) {} static int max(int a, int b) {} static int min(int a, int b) {} static double pow(double a, double b) {} static double sqrt(double a) {} static double floor(double a) {} static double ceil(double a) {} static long round(double a) {} static double random() {} static double sin(double a) {} static double cos(double a) {} static double tan(double a) {} static double atan2(double a, double b) {} static double log(double a) {} static double log10(double a) {} static double exp(double a) {} static double cbrt(double a) {} static double hypot(double a, double b) {} static int floorMod(int a, int b) {} static int floorDiv(int a, int b) {} static int addExact(int a, int b) {} static int multiplyExact(int a, int b) {} static int subtractExact(int a, int b) {} static int toIntExact(long a) {} static double signum(double a) {} static double toRadians(double a) {} static double toDegrees(double a) {} static int negateExact(int a) {} static double rint(double a) {} static double asin(double a) {} static double acos(double a) {} static double atan(double a) {}
  static __double PI; static __double E;
}

public class System {
  static PrintStream out; static PrintStream err; static InputStream in;
  static void arraycopy(Object from, int a, Object to, int b, int n) { to.__element = from.__element; }
  static long currentTimeMillis() {} static long nanoTime() {} static String getProperty(String k) {} static String getProperty(String k, String d) {} static String setProperty(String k, String d) {} static String getenv(String k) {} static Map<String, String> getenv() {} static Properties getProperties() {} static void exit(int n) {} static int identityHashCode(Object o) {} static void gc() {} static String lineSeparator() {} static void setOut(PrintStream p) {} static void setErr(PrintStream p) {} static void loadLibrary(String n) {} static Object getSecurityManager() {}
}
public class Runtime { static Runtime getRuntime() { return new Runtime(); } int availableProcessors() {} long totalMemory() {} long freeMemory() {} long maxMemory() {} void gc() {} void addShutdownHook(Thread t) { t.run(); } void exit(int n) {} void halt(int n) {} }

public class Throwable {
  Throwable $cause;
  Throwable() {} Throwable(String m) {} Throwable(String m, Throwable c) { this.$cause = c; } Throwable(Throwable c) { this.$cause = c; } Throwable(String m, Throwable c, boolean a, boolean b) { this.$cause = c; }
  String getMessage() {} String getLocalizedMessage() { return this.getMessage(); } Throwable getCause() { return this.$cause; } Throwable initCause(Throwable c) { this.$cause = c; return this; } void printStackTrace() {} void printStackTrace(Object o) {} void addSuppressed(Throwable t) {} __Array<Throwable> getSuppressed() {} __Array<StackTraceElement> getStackTrace() {} void setStackTrace(Object o) {} Throwable fillInStackTrace() { return this; }
}
public class StackTraceElement { String getMethodName() {} String getClassName() {} String getFileName() {} int getLineNumber() {} }
public class Exception extends Throwable { Exception() {} Exception(String m) {} Exception(String m, Throwable c) { this.$cause = c; } Exception(Throwable c) { this.$cause = c; } }
public class RuntimeException extends Exception { RuntimeException() {} RuntimeException(String m) {} RuntimeException(String m, Throwable c) { this.$cause = c; } RuntimeException(Throwable c) { this.$cause = c; } }
public class Error extends Throwable { Error() {} Error(Object m) {} Error(String m, Throwable c) { this.$cause = c; } }
public class AssertionError extends Error { AssertionError() {} AssertionError(Object m) {} AssertionError(String m, Throwable c) {} }
public class StackOverflowError extends Error {} public class OutOfMemoryError extends Error {} public class LinkageError extends Error {} public class NoClassDefFoundError extends LinkageError {} public class ExceptionInInitializerError extends LinkageError {} public class UnsupportedClassVersionError extends LinkageError {} public class InternalError extends Error { InternalError() {} InternalError(Object m) {} InternalError(Object m, Throwable c) {} }
public class IllegalArgumentException extends RuntimeException { IllegalArgumentException() {} IllegalArgumentException(Object m) {} IllegalArgumentException(String m, Throwable c) { this.$cause = c; } }
public class IllegalStateException extends RuntimeException { IllegalStateException() {} IllegalStateException(Object m) {} IllegalStateException(String m, Throwable c) { this.$cause = c; } }
public class UnsupportedOperationException extends RuntimeException { UnsupportedOperationException() {} UnsupportedOperationException(Object m) {} UnsupportedOperationException(String m, Throwable c) {} }
public class NullPointerException extends RuntimeException { NullPointerException() {} NullPointerException(String m) {} }
public class IndexOutOfBoundsException extends RuntimeException { IndexOutOfBoundsException() {} IndexOutOfBoundsException(Object m) {} }
public class ArrayIndexOutOfBoundsException extends IndexOutOfBoundsException { ArrayIndexOutOfBoundsException() {} ArrayIndexOutOfBoundsException(Object m) {} }
public class StringIndexOutOfBoundsException extends IndexOutOfBoundsException { StringIndexOutOfBoundsException() {} StringIndexOutOfBoundsException(Object m) {} }
public class ArithmeticException extends RuntimeException { ArithmeticException() {} ArithmeticException(String m) {} }
public class ClassCastException extends RuntimeException { ClassCastException() {} ClassCastException(String m) {} }
public class NumberFormatException extends IllegalArgumentException { NumberFormatException() {} NumberFormatException(String m) {} }
public class NegativeArraySizeException extends RuntimeException {} public class ArrayStoreException extends RuntimeException {} public class SecurityException extends RuntimeException { SecurityException() {} SecurityException(Object m) {} }
public class CloneNotSupportedException extends Exception { CloneNotSupportedException() {} CloneNotSupportedException(String m) {} }
public class InterruptedException extends Exception { InterruptedException() {} InterruptedException(String m) {} }
public class ReflectiveOperationException extends Exception { ReflectiveOperationException() {} ReflectiveOperationException(Object m) {} ReflectiveOperationException(String m, Throwable c) {} }
public class ClassNotFoundException extends ReflectiveOperationException { ClassNotFoundException() {} ClassNotFoundException(String m) {} ClassNotFoundException(String m, Throwable c) {} }
public class NoSuchMethodException extends ReflectiveOperationException { NoSuchMethodException() {} NoSuchMethodException(String m) {} } public class NoSuchFieldException extends ReflectiveOperationException {} public class InstantiationException extends ReflectiveOperationException {} public class IllegalAccessException extends ReflectiveOperationException {}
public class IllegalMonitorStateException extends RuntimeException {}
public class MatchException extends RuntimeException {} public class EnumConstantNotPresentException extends RuntimeException {}

public class Thread implements Runnable {
  Runnable $target; UncaughtExceptionHandler $handler;
  Thread() {} Thread(Runnable r) { this.$target = r; } Thread(Runnable r, String n) { this.$target = r; } Thread(ThreadGroup g, Runnable r) { this.$target = r; } Thread(ThreadGroup g, Runnable r, String n) { this.$target = r; } Thread(ThreadGroup g, Runnable r, String n, long s) { this.$target = r; }
  void run() { this.$target.run(); }
  void start() { this.run(); }
  void join() {} void join(long n) {} void interrupt() {} boolean isInterrupted() {} boolean isAlive() {} boolean isDaemon() {} void setDaemon(boolean b) {} void setName(String n) {} String getName() {} long getId() {} long threadId() {} void setPriority(int p) {} ClassLoader getContextClassLoader() { return new ClassLoader(); } void setContextClassLoader(ClassLoader c) {} __Array<StackTraceElement> getStackTrace() {} ThreadGroup getThreadGroup() {} boolean isVirtual() {} Object getState() {}
  void setUncaughtExceptionHandler(UncaughtExceptionHandler h) { h.uncaughtException(this, null); }
  static void setDefaultUncaughtExceptionHandler(UncaughtExceptionHandler h) { h.uncaughtException(null, null); }
  static Thread currentThread() { return new Thread(); } static void sleep(long n) {} static void sleep(Object n) {} static void sleep(long n, int m) {} static void yield() {} static boolean interrupted() {} static void onSpinWait() {}
  static Thread startVirtualThread(Runnable r) { r.run(); return new Thread(); }
  static Builder ofVirtual() { return new Builder(); } static Builder ofPlatform() { return new Builder(); }
  public interface UncaughtExceptionHandler { void uncaughtException(Thread t, Throwable e); }
  public class Builder { Builder name(Object n) { return this; } Builder name(Object n, long m) { return this; } Builder daemon(boolean b) { return this; } Builder daemon() { return this; } Thread start(Runnable r) { r.run(); return new Thread(); } Thread unstarted(Runnable r) { return new Thread(r); } ThreadFactory factory() { return r -> new Thread(r); } }
}
public class ThreadGroup { ThreadGroup(String n) {} }
public class ThreadLocal<T> {
  ThreadLocal() {} static <S> ThreadLocal<S> withInitial(Supplier<S> f) { ThreadLocal<S> t = new ThreadLocal<S>(); t.__element = f.get(); return t; }
  T get() { return this.__element; } void set(T v) { this.__element = v; } void remove() {} T initialValue() {}
}
public class InheritableThreadLocal<T> extends ThreadLocal<T> {}

public class ClassLoader {
  Class loadClass(String name) { Class c = new Class(); c.$of = __class(name); return c; } InputStream getResourceAsStream(String n) { return new InputStream(); } URL getResource(String n) {} static ClassLoader getSystemClassLoader() { return new ClassLoader(); } ClassLoader getParent() { return this; } static InputStream getSystemResourceAsStream(String n) { return new InputStream(); } Class defineClass(String n, Object b, int a, int c) {}
}
public class Class<T> {
  static Class forName(String name) { Class c = new Class(); c.$of = __class(name); return c; } static Class forName(String name, boolean b, ClassLoader l) { Class c = new Class(); c.$of = __class(name); return c; }
  Object newInstance() { return __new(this.$of, "~"); }
  Constructor getConstructor(String $types, Class... types) { Constructor c = new Constructor(); c.$of = this.$of; c.$types = $types; return c; }
  Constructor getDeclaredConstructor(String $types, Class... types) { Constructor c = new Constructor(); c.$of = this.$of; c.$types = $types; return c; }
  __Array<Constructor> getConstructors() { Constructor c = new Constructor(); c.$of = this.$of; Constructor[] all = new Constructor[1]; all[0] = c; return all; }
  __Array<Constructor> getDeclaredConstructors() { Constructor c = new Constructor(); c.$of = this.$of; Constructor[] all = new Constructor[1]; all[0] = c; return all; }
  Method getMethod(String name, String $types, Class... types) { Method m = new Method(); m.$fn = __member(this.$of, name); m.$types = $types; return m; }
  Method getDeclaredMethod(String name, String $types, Class... types) { Method m = new Method(); m.$fn = __member(this.$of, name); m.$types = $types; return m; }
  __Array<Method> getMethods() { Method[] all = new Method[1]; all[0] = new Method(); return all; } __Array<Method> getDeclaredMethods() { Method[] all = new Method[1]; all[0] = new Method(); return all; }
  Field getField(String name) { return new Field(); } Field getDeclaredField(String name) { return new Field(); } __Array<Field> getFields() { Field[] all = new Field[1]; all[0] = new Field(); return all; } __Array<Field> getDeclaredFields() { Field[] all = new Field[1]; all[0] = new Field(); return all; }
  T cast(Object o) { return o; } boolean isInstance(Object o) {} boolean isAssignableFrom(Class c) {} boolean isInterface() {} boolean isArray() {} boolean isEnum() {} boolean isRecord() {} boolean isPrimitive() {} boolean isAnonymousClass() {} boolean isAnnotationPresent(Class c) {} boolean isSealed() {} boolean desiredAssertionStatus() {}
  Class asSubclass(Class c) { return this; } Class getSuperclass() { return new Class(); } Class getComponentType() {} Class getEnclosingClass() {} Class getDeclaringClass() {} __Array<Class> getInterfaces() {} __Array<Class> getPermittedSubclasses() {} __Array<Class> getDeclaredClasses() {} __Array<T> getEnumConstants() {}
  String getName() {} String getSimpleName() {} String getTypeName() {} String getCanonicalName() {} String getPackageName() {} int getModifiers() {} Object getPackage() {} Object getModule() {} Object getAnnotation(Class c) {} __Array<Object> getAnnotations() {} Object getGenericSuperclass() {} __Array<Object> getTypeParameters() {} __Array<Object> getRecordComponents() {}
  ClassLoader getClassLoader() { return new ClassLoader(); } InputStream getResourceAsStream(String n) { return new InputStream(); } URL getResource(String n) {}
}
public class ProcessBuilder { ProcessBuilder(Object... a) {} Process start() { return new Process(); } ProcessBuilder command(Object... a) { return this; } ProcessBuilder redirectErrorStream(boolean b) { return this; } ProcessBuilder inheritIO() { return this; } ProcessBuilder directory(Object f) { return this; } Map<String, String> environment() {} }
public class Process { int waitFor() {} InputStream getInputStream() { return new InputStream(); } InputStream getErrorStream() { return new InputStream(); } OutputStream getOutputStream() { return new OutputStream(); } int exitValue() {} void destroy() {} boolean isAlive() {} }
public interface Override {} public interface Deprecated {} public interface SuppressWarnings {} public interface FunctionalInterface {} public interface SafeVarargs {}
