from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from accounts import deputy_views, transfer_views, views
from accounts.forms import SignInForm

app_name = "accounts"
urlpatterns = [
    path(
        "accounts/login/",
        login_not_required(
            auth.LoginView.as_view(
                template_name="accounts/login.html", authentication_form=SignInForm, redirect_authenticated_user=True
            )
        ),
        name="login",
    ),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("accounts/password/", views.password_change, name="password_change"),
    path("accounts/deputies/", deputy_views.deputy_list, name="deputy_list"),
    path("accounts/deputies/add/", deputy_views.deputy_add, name="deputy_add"),
    path("accounts/deputies/<int:pk>/end/", deputy_views.deputy_end, name="deputy_end"),
    path("manage/users/", views.user_list, name="user_list"),
    path("manage/users.xlsx", views.user_list_excel, name="user_list_excel"),
    path("manage/transfers/", transfer_views.transfer_new, name="transfer_new"),
    path("manage/transfers/apply/", transfer_views.transfer_apply, name="transfer_apply"),
    path("manage/users/add/", views.user_add, name="user_add"),
    path("manage/users/<int:pk>/", views.user_edit, name="user_edit"),
    path("manage/users/<int:pk>/password/", views.user_password, name="user_password"),
    path("manage/users/<int:pk>/stop/", views.user_active, {"active": False}, name="user_stop"),
    path("manage/users/<int:pk>/resume/", views.user_active, {"active": True}, name="user_resume"),
    path("manage/users/<int:pk>/unlock/", views.user_unlock, name="user_unlock"),
    path("manage/departments/", views.department_list, name="department_list"),
    path("manage/departments/add/", views.department_add, name="department_add"),
    path("manage/departments/<int:pk>/", views.department_edit, name="department_edit"),
    path("manage/departments/<int:pk>/reorganise/", views.department_reorganise, name="department_reorganise"),
]
