//! The node kinds and fields of tree-sitter-java as small integers.

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
    AnnotatedType = "annotated_type", Annotation = "annotation",
    AnnotationType = "annotation_type_declaration", AnnotationElement = "annotation_type_element_declaration",
    Arguments = "argument_list", ArrayAccess = "array_access",
    ArrayCreation = "array_creation_expression", ArrayInitializer = "array_initializer",
    ArrayType = "array_type", Assert = "assert_statement", Assignment = "assignment_expression",
    Asterisk = "asterisk", Binary = "binary_expression", BinaryInteger = "binary_integer_literal",
    Block = "block", BlockComment = "block_comment", BooleanType = "boolean_type",
    Cast = "cast_expression", CatchClause = "catch_clause",
    CatchParameter = "catch_formal_parameter", CatchType = "catch_type",
    Character = "character_literal", Class = "class_declaration", ClassBody = "class_body",
    ClassLiteral = "class_literal", CompactConstructor = "compact_constructor_declaration",
    ConstantDeclaration = "constant_declaration", Constructor = "constructor_declaration",
    ConstructorBody = "constructor_body", Decimal = "decimal_integer_literal",
    DecimalFloat = "decimal_floating_point_literal", Dimensions = "dimensions",
    DimensionsExpr = "dimensions_expr", Do = "do_statement",
    ElementArray = "element_value_array_initializer", EnhancedFor = "enhanced_for_statement",
    Enum = "enum_declaration", EnumBodyDeclarations = "enum_body_declarations",
    EnumConstant = "enum_constant", ExplicitConstructor = "explicit_constructor_invocation",
    ExpressionStatement = "expression_statement", ExtendsInterfaces = "extends_interfaces",
    False = "false", Field = "field_declaration", FieldAccess = "field_access",
    Finally = "finally_clause", FloatType = "floating_point_type", For = "for_statement",
    FormalParameter = "formal_parameter", FormalParameters = "formal_parameters",
    GenericType = "generic_type", Guard = "guard", HexFloat = "hex_floating_point_literal",
    HexInteger = "hex_integer_literal", Identifier = "identifier", If = "if_statement",
    Import = "import_declaration", InferredParameters = "inferred_parameters",
    InstanceOf = "instanceof_expression", IntegralType = "integral_type",
    Interface = "interface_declaration", Labeled = "labeled_statement",
    Lambda = "lambda_expression", LineComment = "line_comment",
    LocalVariable = "local_variable_declaration", MarkerAnnotation = "marker_annotation",
    Method = "method_declaration", MethodInvocation = "method_invocation",
    MethodReference = "method_reference", Modifiers = "modifiers", Null = "null_literal",
    ObjectCreation = "object_creation_expression", Octal = "octal_integer_literal",
    Package = "package_declaration", Parenthesized = "parenthesized_expression",
    Pattern = "pattern", Record = "record_declaration", RecordPattern = "record_pattern",
    RecordPatternBody = "record_pattern_body", RecordComponent = "record_pattern_component",
    Resource = "resource", Return = "return_statement", ScopedIdentifier = "scoped_identifier",
    ScopedType = "scoped_type_identifier", SpreadParameter = "spread_parameter",
    StaticInitializer = "static_initializer", StringLiteral = "string_literal",
    Super = "super", SuperInterfaces = "super_interfaces", Superclass = "superclass",
    Switch = "switch_expression", SwitchGroup = "switch_block_statement_group",
    SwitchLabel = "switch_label", SwitchRule = "switch_rule",
    Synchronized = "synchronized_statement", Template = "template_expression",
    Ternary = "ternary_expression", This = "this", Throw = "throw_statement", True = "true",
    Try = "try_statement", TryWith = "try_with_resources_statement",
    TypeArguments = "type_arguments", TypeBound = "type_bound", TypeIdentifier = "type_identifier",
    TypeList = "type_list", TypeParameter = "type_parameter", TypePattern = "type_pattern",
    Unary = "unary_expression", Underscore = "underscore_pattern", Update = "update_expression",
    VariableDeclarator = "variable_declarator", VoidType = "void_type", While = "while_statement",
    Wildcard = "wildcard", Yield = "yield_statement",
}

impl K {
    /// A comment.
    pub(super) fn is_comment(self) -> bool {
        matches!(self, K::LineComment | K::BlockComment)
    }

    /// The declaration of a type.
    pub(super) fn is_type_declaration(self) -> bool {
        matches!(
            self,
            K::Class | K::Interface | K::Enum | K::Record | K::AnnotationType
        )
    }

    /// An annotation, with or without arguments.
    pub(super) fn is_annotation(self) -> bool {
        matches!(self, K::Annotation | K::MarkerAnnotation)
    }
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
alternative = "alternative", arguments = "arguments", array = "array", body = "body",
condition = "condition", consequence = "consequence", constructor = "constructor",
dimensions = "dimensions", element = "element", field = "field",
index = "index", left = "left", name = "name", object = "object",
operand = "operand", operator = "operator", parameters = "parameters", pattern = "pattern",
right = "right", type_ = "type",
type_parameters = "type_parameters", value = "value", resources = "resources",
}

/// Kinds by id, fields, and what token hashes treat specially.
#[derive(Debug)]
pub(super) struct Table {
    kinds: Vec<K>,
    pub(super) fields: Fields,
    pub(super) comments: [u16; 2],
    pub(super) opaque: [u16; 1],
}

impl Table {
    pub(super) fn get() -> &'static Table {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| {
            let language: tree_sitter::Language = tree_sitter_java::LANGUAGE.into();
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
                comments: [
                    language.id_for_node_kind("line_comment", true),
                    language.id_for_node_kind("block_comment", true),
                ],
                opaque: [language.id_for_node_kind("string_literal", true)],
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
