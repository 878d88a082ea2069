use super::*;
use crate::db::testing::TestDatabase;
use crate::db::testing::samples::Sampler;
use crate::domain::pipeline::change::Row;

#[tokio::test]
async fn every_kind_of_row_can_be_written_and_written_again() {
    let database = TestDatabase::create().await;
    let mut conn = database.pools().journal_connection().await.unwrap();
    let mut sampler = Sampler::new(1);
    let tenant = sampler.tenant(&mut conn, "one").await;
    let season = sampler.season(20, 5);
    let mut rows = season.rows();
    rows.push(Row::Comment(Arc::new(sampler.comment(&season.tasks[0]))));
    rows.push(Row::Import(Arc::new(sampler.import())));
    let count = i64::try_from(rows.len()).unwrap();
    for head in [0, count] {
        let batch = sampler.batch(tenant, head, rows.clone());
        let written = write(&mut conn, &[batch]).await.unwrap();
        assert!(written.winners.contains(&tenant));
        assert_eq!(written.texts[0].len(), rows.len());
    }
}
