//! Permissions as types, for [`super::authorized::Authorized`].

use crate::domain::principal::Permission;

/// What a handler needs.
pub trait Needs: 'static {
    /// One of these will do; nothing listed means being signed in will do.
    const ONE_OF: &'static [Permission];
}

macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident: [$($permission:ident),*],)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Needs for $name {
            const ONE_OF: &'static [Permission] = &[$(Permission::$permission),*];
        }
    )*};
}

needs! {
    /// Being signed in.
    SignedIn: [],
    PipelineRead: [PipelineRead],
    /// Which tasks, [`crate::domain::principal::Principal::sees_task`] says.
    TasksRead: [TasksRead, TasksReadAll],
    /// Which tasks, [`crate::domain::principal::Principal::works_task`] says.
    TasksWork: [TasksWork, TasksWorkAll],
    TasksWrite: [TasksWrite],
    /// Any command about tasks; which ones, the command itself says.
    TasksChange: [TasksWork, TasksWorkAll, TasksWrite],
    JamaahRead: [JamaahRead],
    JamaahWrite: [JamaahWrite],
    JamaahManage: [JamaahManage],
    StagesWrite: [StagesWrite],
    /// Whoever sets up stages answers for them.
    BottlenecksAcknowledge: [BottlenecksAcknowledge, StagesWrite],
    DeparturesWrite: [DeparturesWrite],
    ImportsWrite: [ImportsWrite],
    ExportsRead: [ExportsRead],
    AuditRead: [AuditRead],
    UsersAdmin: [UsersAdmin],
}
