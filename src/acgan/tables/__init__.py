"""All that figures read: tables and sheets of thumbnails."""
