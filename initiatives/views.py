def home(r): pass
year_list=year_home=entry_list=entry_list_excel=entry_detail=home
