"""Letters on paper: a PDF to print, a document to change."""

from .document import letter_document
from .pdf import CannotPrint, NoSign, TooLong, letter_pdf
from .previews import model_letter_pdf, preview, why_not_printable

__all__ = [
    "CannotPrint",
    "NoSign",
    "TooLong",
    "letter_document",
    "letter_pdf",
    "model_letter_pdf",
    "preview",
    "why_not_printable",
]
