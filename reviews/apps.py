from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = "推進委員会"

    def ready(self):
        from initiatives import later
        from reviews import home

        later.TODO.append(home.todo)
        later.STEPS.append(home.steps)
