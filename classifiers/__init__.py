"""Understanding posts: text -> Assessment. No platform, no database, no Prefect in this room."""
