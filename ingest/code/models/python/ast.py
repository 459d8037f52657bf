class AST: pass
class NodeVisitor:
    def visit(self, node):
        method = getattr(self, "visit_" + node.__class__.__name__)
        method(node)
        return self.generic_visit(node)
    def generic_visit(self, node):
        return getattr(self, "visit_" + node.__class__.__name__)(node)
class NodeTransformer(NodeVisitor): pass
def parse(source, filename="", mode="exec", *, type_comments=False, feature_version=None): return Module()
def literal_eval(source): return source
def unparse(node): return ""
def dump(node, annotate_fields=True, include_attributes=False, *, indent=None): return ""
def walk(node): return [AST()]
def iter_child_nodes(node): return [AST()]
def iter_fields(node): return [("", AST())]
def get_docstring(node, clean=True): return ""
def get_source_segment(source, node, *, padded=False): return ""
def copy_location(new, old): return new
def fix_missing_locations(node): return node
def increment_lineno(node, n=1): return node
PyCF_ONLY_AST = 1024
class Add(AST): pass
class And(AST): pass
class AnnAssign(AST): pass
class Assert(AST): pass
class Assign(AST): pass
class AsyncFor(AST): pass
class AsyncFunctionDef(AST): pass
class AsyncWith(AST): pass
class Attribute(AST): pass
class AugAssign(AST): pass
class AugLoad(AST): pass
class AugStore(AST): pass
class Await(AST): pass
class BinOp(AST): pass
class BitAnd(AST): pass
class BitOr(AST): pass
class BitXor(AST): pass
class BoolOp(AST): pass
class Break(AST): pass
class Bytes(AST): pass
class Call(AST): pass
class ClassDef(AST): pass
class Compare(AST): pass
class Constant(AST): pass
class Continue(AST): pass
class Del(AST): pass
class Delete(AST): pass
class Dict(AST): pass
class DictComp(AST): pass
class Div(AST): pass
class Ellipsis(AST): pass
class Eq(AST): pass
class ExceptHandler(AST): pass
class Expr(AST): pass
class Expression(AST): pass
class ExtSlice(AST): pass
class FloorDiv(AST): pass
class For(AST): pass
class FormattedValue(AST): pass
class FunctionDef(AST): pass
class FunctionType(AST): pass
class GeneratorExp(AST): pass
class Global(AST): pass
class Gt(AST): pass
class GtE(AST): pass
class If(AST): pass
class IfExp(AST): pass
class Import(AST): pass
class ImportFrom(AST): pass
class In(AST): pass
class Index(AST): pass
class Interactive(AST): pass
class Invert(AST): pass
class Is(AST): pass
class IsNot(AST): pass
class JoinedStr(AST): pass
class LShift(AST): pass
class Lambda(AST): pass
class List(AST): pass
class ListComp(AST): pass
class Load(AST): pass
class Lt(AST): pass
class LtE(AST): pass
class MatMult(AST): pass
class Match(AST): pass
class MatchAs(AST): pass
class MatchClass(AST): pass
class MatchMapping(AST): pass
class MatchOr(AST): pass
class MatchSequence(AST): pass
class MatchSingleton(AST): pass
class MatchStar(AST): pass
class MatchValue(AST): pass
class Mod(AST): pass
class Module(AST): pass
class Mult(AST): pass
class Name(AST): pass
class NameConstant(AST): pass
class NamedExpr(AST): pass
class Nonlocal(AST): pass
class Not(AST): pass
class NotEq(AST): pass
class NotIn(AST): pass
class Num(AST): pass
class Or(AST): pass
class Param(AST): pass
class Pass(AST): pass
class Pow(AST): pass
class RShift(AST): pass
class Raise(AST): pass
class Return(AST): pass
class Set(AST): pass
class SetComp(AST): pass
class Slice(AST): pass
class Starred(AST): pass
class Store(AST): pass
class Str(AST): pass
class Sub(AST): pass
class Subscript(AST): pass
class Suite(AST): pass
class Try(AST): pass
class TryStar(AST): pass
class Tuple(AST): pass
class TypeIgnore(AST): pass
class UAdd(AST): pass
class USub(AST): pass
class UnaryOp(AST): pass
class While(AST): pass
class With(AST): pass
class Yield(AST): pass
class YieldFrom(AST): pass
