"""Letters on paper: a PDF to print, a document to change."""

from .document import letter_document
from .pdf import CannotPrint, NoSign, TooLong, letter_pdf

__all__ = ["CannotPrint", "NoSign", "TooLong", "letter_document", "letter_pdf"]
