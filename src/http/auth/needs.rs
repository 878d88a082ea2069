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
    // which tasks, `Principal::works_task` says
    TasksStart: [TasksStart, TasksWorkAll],
    TasksComplete: [TasksComplete, TasksWorkAll],
    TasksBlock: [TasksBlock, TasksWorkAll],
    TasksReopen: [TasksReopen, TasksWorkAll],
    TasksComment: [TasksComment, TasksWorkAll],
    TasksCreate: [TasksCreate],
    /// What exactly, the command itself says.
    TasksEdit: [TasksEdit, TasksAssign],
    TasksAssign: [TasksAssign],
    TasksCancel: [TasksCancel],
    /// Any command about tasks; which ones, the command itself says.
    TasksChange: [
        TasksWork, TasksWorkAll, TasksWrite, TasksStart, TasksComplete, TasksBlock, TasksReopen,
        TasksEdit, TasksAssign, TasksCancel
    ],
    JamaahRead: [JamaahRead],
    JamaahWrite: [JamaahWrite],
    JamaahAdvance: [JamaahAdvance],
    JamaahMove: [JamaahMove],
    JamaahHold: [JamaahHold],
    JamaahCancel: [JamaahCancel],
    StagesWrite: [StagesWrite],
    BottlenecksAcknowledge: [BottlenecksAcknowledge],
    DeparturesRead: [DeparturesRead],
    DeparturesWrite: [DeparturesWrite],
    ImportsWrite: [ImportsWrite],
    ExportsRead: [ExportsRead],
    AuditRead: [AuditRead],
    UsersAdmin: [UsersAdmin],
}
