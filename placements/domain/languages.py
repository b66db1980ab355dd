"""Languages somebody may find it easiest to talk in, by ISO 639-1 code."""

LANGUAGES = {
    "en": "English",
    "ar": "Arabic",
    "bn": "Bengali",
    "bfi": "British Sign Language",
    "gu": "Gujarati",
    "pl": "Polish",
    "pa": "Panjabi",
    "ro": "Romanian",
    "so": "Somali",
    "ur": "Urdu",
    "other": "Another: tell who calls you",
}
