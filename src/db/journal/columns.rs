//! Rows turned into columns: one typed array per column, which the statement
//! takes apart again with `unnest`. The shape of the statement then does not
//! depend on how many rows there are, so it is prepared once.

/// Declares a table's columns: a struct of vectors, `push` for a row, and the
/// parts of the statement that write it.
///
/// ```text
/// columns! {
///     Name in "table" of (tenant, row: Type) key (tenant_id, id);
///     column: SqlType as RustType = expression over `tenant` and `row`;
/// }
/// ```
macro_rules! columns {
    (
        $name:ident in $table:literal of ($($arg:ident: $arg_type:ty),+) key ($($key:ident),+);
        $($column:ident: $sql:ty as $rust:ty = $value:expr;)+
    ) => {
        #[derive(Debug, Default)]
        pub(super) struct $name<'a> {
            $($column: Vec<$rust>,)+
            lifetime: std::marker::PhantomData<&'a ()>,
        }

        impl<'a> $name<'a> {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];
            const KEY: &'static [&'static str] = &[$(stringify!($key)),+];

            pub(super) fn push(&mut self, $($arg: $arg_type),+) {
                $(self.$column.push($value);)+
            }

            /// `(SELECT unnest($1) AS column, unnest($2) AS …) AS x`: side by side in the
            /// select list they run in step; in the FROM clause each would first be
            /// collected whole, which costs four times as much.
            fn unnest<'b>(
                &'b self,
                out: &mut diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                out.push_sql("(SELECT ");
                let mut rest = false;
                $(
                    if std::mem::replace(&mut rest, true) {
                        out.push_sql(", ");
                    }
                    out.push_sql("unnest(");
                    out.push_bind_param::<diesel::sql_types::Array<$sql>, _>(&self.$column)?;
                    out.push_sql(concat!(") AS ", stringify!($column)));
                )+
                out.push_sql(") AS x");
                Ok(())
            }

            /// `INSERT INTO table (…) SELECT … FROM unnest(…) … WHERE the tenant won`.
            /// An existing row is found by its key, always: an UPDATE joined to `unnest`
            /// is as fast, but its generic plan, made while the table was small, may have
            /// picked any index that leads with `tenant_id`.
            pub(super) fn insert<'b>(
                &'b self,
                existing: super::columns::Existing,
                out: &mut diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                out.push_sql(concat!("INSERT INTO ", $table, " ("));
                super::columns::list(out, Self::COLUMNS, |out, column| out.push_sql(column));
                out.push_sql(") SELECT ");
                super::columns::list(out, Self::COLUMNS, |out, column| {
                    out.push_sql("x.");
                    out.push_sql(column);
                });
                out.push_sql(" FROM ");
                self.unnest(out)?;
                out.push_sql(" WHERE x.tenant_id IN (SELECT id FROM won)");
                if existing == super::columns::Existing::Replace {
                    out.push_sql(" ON CONFLICT (");
                    super::columns::list(out, Self::KEY, |out, column| out.push_sql(column));
                    out.push_sql(") DO UPDATE SET ");
                    let mut rest = Self::COLUMNS.to_vec();
                    rest.retain(|column| !Self::KEY.contains(column));
                    super::columns::list(out, &rest, |out, column| {
                        out.push_sql(column);
                        out.push_sql(" = excluded.");
                        out.push_sql(column);
                    });
                }
                Ok(())
            }
        }
    };
}

pub(super) use columns;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;

/// What becomes of a row that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existing {
    Replace,
    /// The whole statement fails.
    Refuse,
}

/// `a, b, c`
pub(super) fn list(
    out: &mut AstPass<'_, '_, Pg>,
    columns: &[&str],
    each: impl Fn(&mut AstPass<'_, '_, Pg>, &str),
) {
    for (place, column) in columns.iter().enumerate() {
        if place > 0 {
            out.push_sql(", ");
        }
        each(out, column);
    }
}
