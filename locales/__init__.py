"""Every sentence that the line or a page may say, and the reader of the catalogues."""
