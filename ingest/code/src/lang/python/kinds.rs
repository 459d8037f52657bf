//! The node kinds and fields of tree-sitter-python as small integers.

use std::sync::OnceLock;
use tree_sitter::Node;

macro_rules! kinds {
    ($($variant:ident = $text:literal),+ $(,)?) => {
        /// A named node kind that lowering looks at.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum K { Other, $($variant),+ }

        fn kind_of(text: &str) -> K {
            match text { $($text => K::$variant,)+ _ => K::Other }
        }
    };
}

kinds! {
    Argumentlist = "argument_list", AliasedImport = "aliased_import", AsPattern = "as_pattern",
    AsPatternTarget = "as_pattern_target", Assert = "assert_statement", Assignment = "assignment",
    Attribute = "attribute", Augmented = "augmented_assignment", Await = "await",
    Binary = "binary_operator", Block = "block", Boolean = "boolean_operator",
    Break = "break_statement", Call = "call", CaseClause = "case_clause",
    CasePattern = "case_pattern", Class = "class_definition", ClassPattern = "class_pattern",
    Comment = "comment", Comparison = "comparison_operator", Concatenated = "concatenated_string",
    Conditional = "conditional_expression", Continue = "continue_statement",
    Decorated = "decorated_definition", Decorator = "decorator", Default = "default_parameter",
    Delete = "delete_statement", DictPattern = "dict_pattern", Dict = "dictionary",
    DictComp = "dictionary_comprehension", DictSplat = "dictionary_splat",
    DictSplatPattern = "dictionary_splat_pattern", DottedName = "dotted_name",
    Elif = "elif_clause", Else = "else_clause", Ellipsis = "ellipsis", Except = "except_clause",
    Exec = "exec_statement", ExprList = "expression_list", ExprStatement = "expression_statement",
    False = "false", Finally = "finally_clause", Float = "float", ForIn = "for_in_clause",
    For = "for_statement", FormatExpr = "format_expression", FormatSpec = "format_specifier",
    Function = "function_definition", FutureImport = "future_import_statement",
    Generator = "generator_expression", Global = "global_statement", Identifier = "identifier",
    IfClause = "if_clause", If = "if_statement", ImportFrom = "import_from_statement",
    Import = "import_statement", Integer = "integer", Interpolation = "interpolation",
    KeywordArg = "keyword_argument", KeywordPattern = "keyword_pattern",
    KeywordSep = "keyword_separator", Lambda = "lambda", List = "list",
    ListComp = "list_comprehension", ListPattern = "list_pattern", ListSplat = "list_splat",
    ListSplatPattern = "list_splat_pattern", Match = "match_statement", Module = "module",
    Named = "named_expression", None = "none", Nonlocal = "nonlocal_statement",
    Not = "not_operator", Pair = "pair", Parenthesized = "parenthesized_expression",
    ParenSplat = "parenthesized_list_splat", Pass = "pass_statement",
    PatternList = "pattern_list", PositionalSep = "positional_separator", Print = "print_statement",
    Raise = "raise_statement", RelativeImport = "relative_import", Return = "return_statement",
    Set = "set", SetComp = "set_comprehension", Slice = "slice", SplatPattern = "splat_pattern",
    String = "string", Subscript = "subscript", True = "true", Try = "try_statement",
    Tuple = "tuple", TuplePattern = "tuple_pattern", Type = "type",
    TypeAlias = "type_alias_statement", TypedDefault = "typed_default_parameter",
    Typed = "typed_parameter", Unary = "unary_operator", UnionPattern = "union_pattern",
    While = "while_statement", Wildcard = "wildcard_import", With = "with_statement",
    WithClause = "with_clause", WithItem = "with_item", Yield = "yield",
}

macro_rules! fields {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// Field ids.
        #[derive(Debug)]
        pub(super) struct Fields { $(pub(super) $name: u16),+ }

        impl Fields {
            fn new(language: &tree_sitter::Language) -> Self {
                Self { $($name: language.field_id_for_name($text).map_or(0, |id| id.get())),+ }
            }
        }
    };
}

fields! {
    alias = "alias", alternative = "alternative", arguments = "arguments",
    attribute = "attribute", body = "body", condition = "condition",
    consequence = "consequence", definition = "definition", expression = "expression",
    function = "function", guard = "guard", key = "key", left = "left",
    module_name = "module_name", name = "name", object = "object", operator = "operator",
    parameters = "parameters", return_type = "return_type",
    right = "right", subject = "subject", subscript = "subscript",
    superclasses = "superclasses", type_ = "type", type_parameters = "type_parameters",
    value = "value", cause = "cause",
}

/// Kinds by id, fields, and what token hashes treat specially.
#[derive(Debug)]
pub(super) struct Table {
    kinds: Vec<K>,
    pub(super) fields: Fields,
    pub(super) comment: [u16; 1],
    pub(super) opaque: [u16; 1],
    pub(super) block: [u16; 1],
    pub(super) strings: [u16; 1],
}

impl Table {
    pub(super) fn get() -> &'static Table {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| {
            let language: tree_sitter::Language = tree_sitter_python::LANGUAGE.into();
            let kinds = (0..language.node_kind_count() as u16)
                .map(|id| {
                    if language.node_kind_is_named(id) {
                        kind_of(language.node_kind_for_id(id).unwrap_or(""))
                    } else {
                        K::Other
                    }
                })
                .collect();
            Table {
                kinds,
                fields: Fields::new(&language),
                comment: [language.id_for_node_kind("comment", true)],
                opaque: [language.id_for_node_kind("string_content", true)],
                block: [language.id_for_node_kind("block", true)],
                strings: [language.id_for_node_kind("string", true)],
            }
        })
    }

    pub(super) fn kind(&self, node: Node<'_>) -> K {
        self.kinds
            .get(node.kind_id() as usize)
            .copied()
            .unwrap_or(K::Other)
    }
}
