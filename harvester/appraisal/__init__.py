"""How sources do and how good their data is: values, told by ``telling`` and by the pages."""
