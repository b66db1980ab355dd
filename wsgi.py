from placements import create_app

app = create_app()
