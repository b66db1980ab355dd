"""The room of employers: all its pages live under one address."""

from flask import Blueprint

blueprint = Blueprint("employers", __name__, url_prefix="/employer")
