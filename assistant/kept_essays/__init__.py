"""The essays in use and those in the library, as the page and the commands work with them."""
