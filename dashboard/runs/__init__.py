"""The trainings of a page's visitors: who may have which, what is shown of them, and their files."""
