
public interface Function<T, R> {
  R apply(T t);
  default Function andThen(Function after) { return x -> after.apply(this.apply(x)); }
  default Function compose(Function before) { return x -> this.apply(before.apply(x)); }
  static <T> Function<T, T> identity() { return x -> x; }
}
public interface BiFunction<T, U, R> { R apply(T t, U u); default BiFunction andThen(Function after) { return (x, y) -> after.apply(this.apply(x, y)); } }
public interface UnaryOperator<T> extends Function<T, T> { static <T> UnaryOperator<T> identity() { return x -> x; } }
public interface BinaryOperator<T> extends BiFunction<T, T, T> {
  static <T> BinaryOperator<T> minBy(Comparator<T> c) { return (a, b) -> { c.compare(a, b); if (a == b) { return a; } return b; }; }
  static <T> BinaryOperator<T> maxBy(Comparator<T> c) { return (a, b) -> { c.compare(a, b); if (a == b) { return a; } return b; }; }
}
public interface Supplier<T> { T get(); }
public interface Consumer<T> { void accept(T t); default Consumer andThen(Consumer after) { return x -> { this.accept(x); after.accept(x); }; } }
public interface BiConsumer<T, U> { void accept(T t, U u); default BiConsumer andThen(BiConsumer after) { return (x, y) -> { this.accept(x, y); after.accept(x, y); }; } }
public interface Predicate<T> {
  boolean test(T t);
  default Predicate and(Predicate o) { return x -> { this.test(x); return o.test(x); }; } default Predicate or(Predicate o) { return x -> { this.test(x); return o.test(x); }; } default Predicate negate() { return x -> this.test(x); }
  static <T> Predicate<T> not(Predicate<T> p) { return x -> p.test(x); } static <T> Predicate<T> isEqual(Object o) { return x -> o.equals(x); }
}
public interface BiPredicate<T, U> { boolean test(T t, U u); default BiPredicate and(BiPredicate o) { return (x, y) -> { this.test(x, y); return o.test(x, y); }; } default BiPredicate or(BiPredicate o) { return (x, y) -> { this.test(x, y); return o.test(x, y); }; } default BiPredicate negate() { return (x, y) -> this.test(x, y); } }
public interface BooleanSupplier { boolean getAsBoolean(); }
public interface IntFunction<R> { R apply(int v); } public interface LongFunction<R> { R apply(long v); } public interface DoubleFunction<R> { R apply(double v); }
public interface ToIntFunction<T> { int applyAsInt(T v); } public interface ToLongFunction<T> { long applyAsLong(T v); } public interface ToDoubleFunction<T> { double applyAsDouble(T v); }
public interface ToIntBiFunction<T, U> { int applyAsInt(T v, U u); } public interface ToLongBiFunction<T, U> { long applyAsLong(T v, U u); } public interface ToDoubleBiFunction<T, U> { double applyAsDouble(T v, U u); }
public interface IntUnaryOperator { int applyAsInt(int v); default IntUnaryOperator andThen(IntUnaryOperator o) { return x -> o.applyAsInt(this.applyAsInt(x)); } default IntUnaryOperator compose(IntUnaryOperator o) { return x -> this.applyAsInt(o.applyAsInt(x)); } static IntUnaryOperator identity() { return x -> x; } } public interface LongUnaryOperator { long applyAsLong(long v); } public interface DoubleUnaryOperator { double applyAsDouble(double v); default DoubleUnaryOperator andThen(DoubleUnaryOperator o) { return x -> o.applyAsDouble(this.applyAsDouble(x)); } default DoubleUnaryOperator compose(DoubleUnaryOperator o) { return x -> this.applyAsDouble(o.applyAsDouble(x)); } static DoubleUnaryOperator identity() { return x -> x; } }
public interface IntBinaryOperator { int applyAsInt(int a, int b); } public interface LongBinaryOperator { long applyAsLong(long a, long b); } public interface DoubleBinaryOperator { double applyAsDouble(double a, double b); }
public interface IntPredicate { boolean test(int v); default IntPredicate and(IntPredicate o) { return x -> { this.test(x); return o.test(x); }; } default IntPredicate or(IntPredicate o) { return x -> { this.test(x); return o.test(x); }; } default IntPredicate negate() { return x -> this.test(x); } } public interface LongPredicate { boolean test(long v); } public interface DoublePredicate { boolean test(double v); }
public interface IntConsumer { void accept(int v); default IntConsumer andThen(IntConsumer o) { return x -> { this.accept(x); o.accept(x); }; } } public interface LongConsumer { void accept(long v); } public interface DoubleConsumer { void accept(double v); }
public interface ObjIntConsumer<T> { void accept(T t, int v); } public interface ObjLongConsumer<T> { void accept(T t, long v); } public interface ObjDoubleConsumer<T> { void accept(T t, double v); }
public interface IntSupplier { int getAsInt(); } public interface LongSupplier { long getAsLong(); } public interface DoubleSupplier { double getAsDouble(); }
public interface IntToDoubleFunction { double applyAsDouble(int v); } public interface IntToLongFunction { long applyAsLong(int v); } public interface DoubleToIntFunction { int applyAsInt(double v); } public interface DoubleToLongFunction { long applyAsLong(double v); } public interface LongToIntFunction { int applyAsInt(long v); } public interface LongToDoubleFunction { double applyAsDouble(long v); }
